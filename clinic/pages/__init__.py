"""What each screen shows: flat queries and plain values. Reads only."""
