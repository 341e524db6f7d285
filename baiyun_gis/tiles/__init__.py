"""The same check over parts of a city: who answers for what, what each part needs, one report."""
