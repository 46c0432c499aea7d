"""Layer 3: calibration. Which way the open rules go for one account, settled by as few requests as possible.

``calibrating`` chooses one request after the other. ``population`` is what the target's data shows, ``knowledge`` what
is left of the known alternatives after each answer, ``state`` all that is known. The requests that tell the
alternatives apart come from ``survey``, ``membership``, ``forms``, ``customs`` and ``wrong``; the answers are read by
``lists``, ``refusals``, ``headers`` and ``shapes``. ``dialect_file`` writes the result.
"""
