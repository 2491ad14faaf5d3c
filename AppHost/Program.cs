using QatPipeline.AppHost.Infrastructure;

PlainErrors.Enable();
AspireEnvironment.Complete();
var builder = DistributedApplication.CreateBuilder(args);

var messaging = builder.AddMessaging("messaging");
var blobs = builder.AddBlobs("blobs");

var datasets = builder.AddService("dataset-loading", messaging, blobs).WithGrpcEndpoint();
var evaluation = builder.AddService("coco-evaluation", messaging, blobs).WithGrpcEndpoint().WithReference(datasets);

builder.AddService("ptq-calibration", messaging, blobs).WithReference(datasets).WithReference(evaluation);
builder.AddService("qat-training", messaging, blobs).WithReference(datasets).WithReference(evaluation);
builder.AddService("onnx-graph-optimization", messaging, blobs);
builder.AddService("trt-engine-building", messaging, blobs);

builder.AddService("gateway", messaging, blobs).WithGrpcEndpoint().WithExternalHttpEndpoints().WithDemoCommand();
builder.RequireServices();

builder.Build().Run();
