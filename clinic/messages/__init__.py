"""What is said to patients, and how it travels.

`wording` says it, `letters` and `gateways` carry it, `mailbox` keeps what leaves no machine.
Nothing about health stands in the open: see `openness`.
"""
