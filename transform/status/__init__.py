"""Where a client stands in the sales funnel: recognise what each message does, then read the sequence.

`acts` recognises, `rules` decides, `cues/*.toml` is the knowledge of words, `dates` that of days.
"""

from transform.status.rules import ChatMessage, RuleStatusDetector, StatusDecision, StatusDetector

__all__ = ["ChatMessage", "RuleStatusDetector", "StatusDecision", "StatusDetector"]
