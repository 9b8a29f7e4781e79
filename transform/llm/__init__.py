"""Statuses by a language model, when a person asks for them (docs/language-model.md).

`redaction` takes out what must not leave the machine, `conversation` cuts and writes down what remains, `request` and
`answer` are the two ends of the wire, `service` is the wire, `answers` remembers, `asking` puts it together.
"""
