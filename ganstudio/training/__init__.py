"""G against D: the trainer, the session that owns it, and what is kept of a run.

Nothing is imported here: the window reads ``training.messages`` and must not load torch with it.
"""
