package papers_test

import (
	"testing"

	"kakehashi/domains/places/papers"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "papers", papers.Messages().FS)
	i18ntest.Keys(t, papers.Messages(), ".")
}
