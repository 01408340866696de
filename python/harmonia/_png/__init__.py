"""What a PNG is made of: chunks, and rows of samples. Colours and notes are not its concern."""
