"""What runs by itself: the clock, the jobs, the loop and its threads."""
