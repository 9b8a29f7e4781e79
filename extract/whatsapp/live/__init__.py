"""A linked phone: pairing, taking its history, and what may go wrong on the way.

`link` (parent) starts `device` (child) and watches it; neonize runs in the child alone, because an unpaired
`connect()` never returns and a panic in its Go part ends the whole process. The child journals whatever
WhatsApp sends before anything looks into it, and goes on doing so when the parent dies.
"""
