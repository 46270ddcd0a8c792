"""The shops whose webhooks we understand; another one is a module here and a line below."""

from records.intake.shops.contract import Shop
from records.intake.shops.shopify import Shopify
from records.intake.shops.woocommerce import WooCommerce

SHOPS: dict[str, Shop] = {"woocommerce": WooCommerce(), "shopify": Shopify()}
