package blocks_test

import (
	"testing"

	"kakehashi/domains/places/blocks"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "blocks", blocks.Messages().FS)
	i18ntest.Keys(t, blocks.Messages(), ".")
}
