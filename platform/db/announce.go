package db

// announcer tells other processes which topics changed.
type announcer struct{}

func (*announcer) add([]string) {}
func (*announcer) close()       {}
