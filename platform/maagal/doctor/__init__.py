"""What an operator would look at, asked in one go: `maagal doctor`. Each check is small, changes nothing and says what to do."""
