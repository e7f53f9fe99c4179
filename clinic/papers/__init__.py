"""What leaves the screen: the picture of a series, paper, PDF, calendar files."""
