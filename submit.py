"""Entry point of spark-submit: `spark-submit --py-files dist/gristmill.zip dist/submit.py run recipe.toml`.

It stands outside the packages, for the folder of the submitted file comes first on sys.path.
"""

import sys

from gristmill.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
