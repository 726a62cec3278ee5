"""What every view shares: refusals, guards, negotiation, answers kept in memory. With views, the only Flask here."""
