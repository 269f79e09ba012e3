"""The lead desk: an investor's questions in, dated and sourced answers out, into the file that they came in."""
