"""The kinds of claims that a sentence may make beside quoting, each with its own check, one a module.

A check takes away what it proves and returns what is left for the spans to prove, or says why the sentence is false.
"""
