"""`python -m suwen` is the `suwen` command."""

from suwen.app.cli import main

main()
