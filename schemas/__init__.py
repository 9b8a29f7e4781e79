"""The contracts between the stages: archive layout, Arrow schemas, settings, errors, words.

Everything above (`extract`, `transform`, `load`, `wa2pg`) may import this package; it imports none of them.
"""
