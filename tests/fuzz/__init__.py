"""Damaged and hostile files for every reader: an answer or an error of newsbt's own, soon and in little memory."""
