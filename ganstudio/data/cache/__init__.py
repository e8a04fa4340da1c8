"""What was prepared once is kept on disk and found again."""
