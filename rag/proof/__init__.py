"""Does a sentence follow from what it cites? `prover` says so; beside it each kind of claim that is proven in a way of its own.

Such a module takes away what it proves and returns what is left for the spans to prove, or says why the sentence is false.
"""
