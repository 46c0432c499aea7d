"""Layer 3: calibration. Which way the open rules go for one account, settled by as few requests as possible.

``rules`` lists what is open and the known alternatives, ``population`` what the target's data shows, ``experiments``
the requests that tell the alternatives apart on that data, ``knowledge`` what is left after each answer.
"""
