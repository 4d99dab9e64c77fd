"""Products."""

from expectations.table import Column, Table

TABLE = Table(
    name="products",
    meaning="One row per product.",
    key=("product_id",),
    columns=(
        Column("product_id", "text", "The product."),
        Column("category", "text", "The category that offers and cross-sell scores speak of.", nullable=True),
    ),
    further=(
        Column("attribute", "text", "An attribute of the product.", nullable=True, on_breach="warn"),
        Column("attribute", "number", "An attribute of the product.", nullable=True),
    ),
)
