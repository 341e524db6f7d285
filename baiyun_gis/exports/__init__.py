"""Project tables written for other programs, one format family a file."""
