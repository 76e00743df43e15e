package papers

import (
	"io/fs"
	"os"
	"testing/fstest"
)

// tables are those of papers alone.
var tables fs.FS = func() fs.FS {
	b, err := os.ReadFile("../migrations/00009_papers.sql")
	if err != nil {
		panic(err)
	}
	return fstest.MapFS{"00001_papers.sql": {Data: b}}
}()
