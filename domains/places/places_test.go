package places

import (
	"testing"

	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages_CompleteAndUsed(t *testing.T) {
	src := Messages()
	i18ntest.Complete(t, "places", src.FS)
	i18ntest.Keys(t, src, ".")
}
