"""The command line of the core environment, as the .py file that spark-submit wants.

Its folder comes first where Python looks for modules, so it holds nothing else, and the file is not called like ours.
"""

from oneoffer import main

main()
