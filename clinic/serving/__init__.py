"""What stands between `make run` and a page that answers: preparing the data, minding processes."""
