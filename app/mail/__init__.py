"""Letters: written down with what they tell of, rendered and sent by the worker, never twice."""
