"""A demonstration clinic full of life: nobody in it exists, everything in it keeps our own rules.

`house` builds the place, `people` who comes, `courses` what each of them lived through, all in
memory over the planner's own calendars; `rows` writes it down at the end.
"""
