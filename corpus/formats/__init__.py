"""Readers for formats that need a parser: web pages, PDF, Word. All of them run in a process of their own."""
