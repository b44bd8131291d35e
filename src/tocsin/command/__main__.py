"""`python -m tocsin.command`, the same as `tocsin`."""

import sys

from tocsin.command import main

if __name__ == "__main__":
    sys.exit(main())
