"""The artifacts that mutations are made from, by id. Old enough that most releases load them, so that a failure is the mutation's."""

# sessions
V1, RESOURCE, LOOP, COND = "w1.15/v1_dense", "w2.4/v1_dense_resource", "w1.15/v1_while", "w1.15/v1_cond"
DEFUN, V1_CALLS, TWO_GRAPHS = "w1.15/v1_defun", "w1.15/v1_function_tf2", "w1.15/v1_two_meta_graphs"
TABLE_V1, TABLE_V1_NEW, MAIN = "w1.15/v1_table_asset", "w2.4/v1_table_asset", "w2.3/v1_main_op"
# modules
V2, V2_OLD, V2_MIDDLE, V2_NEW = "w2.4/v2_dense", "w2.0/v2_dense", "w2.10/v2_dense", "w2.15/v2_dense"
NESTED, NESTED_NEW = "w2.4/v2_nested_functions", "w2.10/v2_nested_functions"
TABLE, COLUMNS, TWO_ASSETS = "w2.4/v2_table_file", "w2.4/v2_table_columns", "w2.4/v2_two_assets"
FLOW, DATASET, GRADIENT = "w2.4/v2_control_flow", "w2.4/v2_dataset", "w2.15/v2_train_step"
SAVED_GRADIENT, SLOTS_MODULE, RAGGED = "w2.7/v2_saved_gradient", "w2.4/v2_optimizer_slots", "w2.7/v2_ragged_inputs"
# checkpoints
SAVER, SHARDED, PARTITIONED = "w1.15/saver_dense", "w1.15/saver_sharded", "w1.15/saver_partitioned"
DTYPES, MANY, V1_FORMAT = "w1.15/saver_dtypes", "w1.4/saver_many", "w1.15/saver_v1_format"
OBJECTS, OBJECT_TYPES, SLOTS = "w2.4/object_module", "w2.3/object_dtypes", "w2.4/object_optimizer"
SAVER_FOLDER, MANAGER = "w1.15/saver_folder", "w2.4/object_manager"
# graphs
FROZEN, FROZEN_FUNCTION, FROZEN_TEXT = "w1.15/frozen_conv", "w2.4/frozen_function", "w1.15/frozen_text"
