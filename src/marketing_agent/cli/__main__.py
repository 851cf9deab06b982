"""`python -m marketing_agent.cli`: the command, for processes that start others."""

from marketing_agent.cli.main import main

main()
