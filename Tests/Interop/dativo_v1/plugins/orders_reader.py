class OrdersReader:
    pass
