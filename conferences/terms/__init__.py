"""Terms of the chair: who may publish today, and what each day changes. May import handover, archive, models, rules."""
