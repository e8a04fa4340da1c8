"""How the window looks: its colours and its icons, and pictures of it as files."""
