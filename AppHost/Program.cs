using QatPipeline.AppHost;

AppDomain.CurrentDomain.UnhandledException += PlainErrors.Say;
var builder = DistributedApplication.CreateBuilder(args);
builder.AddDashboard();

var messaging = builder.AddBroker("messaging");
var blobs = builder.AddStorage("blobs");

var datasets = builder.AddService<Projects.DatasetLoading>("dataset-loading", messaging, blobs).WithGrpcEndpoint();
builder.AddService<Projects.PtqCalibration>("ptq-calibration", messaging, blobs).WithReference(datasets);
builder.AddService<Projects.QatTraining>("qat-training", messaging, blobs).WithReference(datasets);
builder.AddService<Projects.OnnxGraphOptimization>("onnx-graph-optimization", messaging, blobs);
builder.AddService<Projects.TrtEngineBuilding>("trt-engine-building", messaging, blobs);
builder.AddService<Projects.CocoEvaluation>("coco-evaluation", messaging, blobs).WithReference(datasets);

builder.AddService<Projects.Gateway>("gateway", messaging, blobs).WithGrpcEndpoint().WithExternalHttpEndpoints().WithRunCommand();

builder.ScaleServices().SecureServices().RestartWhatEnds().Build().Run();
