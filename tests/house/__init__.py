"""The house rules that a machine can check; tests/test_house.py applies them to every file."""
