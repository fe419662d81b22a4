"""What can be bought: cells with their data sheets, and the conventions of each chemistry."""
