"""A sample account: what a tour company in Kyrgyzstan might have on its phone, as real `HistorySync` payloads.

For `make demo` and for tests. Every person, conversation, price and number is invented. Numbers have the shape of
their country's but come from ranges set aside for fiction where there is one (US 555-01xx, GB 07700 900xxx,
DE 0171 39200xx and 0176 040690xx, FR 06 39 98 xxxx); elsewhere they are built on 555 01xx. The texts are in
conversations/*.toml, the damage (bytes, missing fields, broken times) in payloads.py and conversations/oddities.toml.
"""

from extract.whatsapp.sample.account import EXPECTED, Expected, ExpectedClient, sample_payloads, write_sample
from extract.whatsapp.sample.payloads import SAMPLE_AS_OF, SAMPLE_OWN_LID, SAMPLE_OWN_PHONE

__all__ = [
    "EXPECTED",
    "SAMPLE_AS_OF",
    "SAMPLE_OWN_LID",
    "SAMPLE_OWN_PHONE",
    "Expected",
    "ExpectedClient",
    "sample_payloads",
    "write_sample",
]
