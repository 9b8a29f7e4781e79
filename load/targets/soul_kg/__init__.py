"""The tables of the Soul KG CRM, loaded as they stand and never changed."""
