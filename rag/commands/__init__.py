"""What the `footnote` command's parts do and print."""
