"""`python -m qmlops` is the command line."""

from qmlops.cli.main import main

raise SystemExit(main())
